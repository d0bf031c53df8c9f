import { verifyCheckpoint } from '../../audit/checkpoint.ts';
import { leafHash } from '../../audit/merkle.ts';
import { verifyInclusion } from '../../audit/proof.ts';
import { type AuditRecord, parseRecord } from '../../audit/record.ts';
import type { OrderOf } from '../../wire/order.ts';
import { type Facts, type Gate, no } from './gate.ts';

const LOOK_AT_THE_LOG = 'Nothing was started. Look at the bot and at its audit log before asking anew.';

/** The authorisation precedes the act: its record is in the log, under the log's own signature. */
export const claimIsLogged: Gate<OrderOf<'run'>> = ({ claim }, { logKey }) => {
  const why = missing(claim, logKey);
  return why === null
    ? null
    : no('claim_not_logged', `The claim is not proven to be in the audit log: ${why}.`, LOOK_AT_THE_LOG);
};

/** And it authorises this: operation, plan, fence, time and the person at the host. */
export const claimIsOfThisRun: Gate<OrderOf<'run'>> = (order, { operation }) => {
  const record = recordOf(order.claim.record);
  const fits =
    record?.type === 'operation.claimed' &&
    record.operation === order.operation &&
    record.data['digest'] === order.digest &&
    record.data['fence'] === order.fence &&
    record.data['executeUntil'] === order.executeUntil &&
    record.data['operator'] === operation?.attested?.operator.slack;
  return fits
    ? null
    : no(
        'claim_of_another',
        'The record that came as the claim does not authorise this run.',
        LOOK_AT_THE_LOG,
      );
};

function missing(claim: OrderOf<'run'>['claim'], logKey: Facts['logKey']): string | null {
  try {
    const { origin, size, root } = verifyCheckpoint(claim.checkpoint, logKey);
    const record = parseRecord(claim.record);
    if (record.log !== origin) return `the record is of the log ${record.log}, not of ${origin}`;
    const leaf = leafHash(claim.record);
    return verifyInclusion({ index: claim.index, size, leaf, proof: claim.proof, root })
      ? null
      : 'the proof does not lead from the record to the checkpoint';
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}

function recordOf(bytes: string): AuditRecord | null {
  try {
    return parseRecord(bytes);
  } catch {
    return null;
  }
}

import { randomUUID } from 'node:crypto';
import { usesSocketMode } from '../apps.ts';
import type { Faults } from '../control/faults.ts';
import type { Traffic } from '../control/traffic.ts';
import type { Change } from '../workspace/changes.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { WorldApp } from '../world.ts';
import { eventsOf, isSentTo, type SlackEvent, wrapEvent } from './events.ts';
import { retryReason, sendOverHttp } from './http.ts';
import type { Outcome, Parcel, Timing } from './parcel.ts';
import type { Sockets } from './sockets.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** Everything that goes from Slack to apps. */
export interface Delivery {
  readonly timing: Timing;
  readonly sockets: Sockets;
  openTicket(app: WorldApp, host: string): string;
  /** Tells apps of a change, each over its own way, with retries. Returns at once. */
  tell(change: Change): void;
  /** Sends a command or an interaction, once, and waits for the acknowledgement. */
  ask(app: WorldApp, parcel: Pick<Parcel, 'kind' | 'payload'>): Promise<Outcome>;
  /** Makes every waiting retry and delayed event happen now. Returns how many there were. */
  hurry(): number;
  close(): Promise<void>;
}

interface Context {
  readonly workspace: Workspace;
  readonly timing: Timing;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly sockets: Sockets;
}

export function createDelivery({ workspace, timing, faults, traffic, sockets }: Context): Delivery {
  const room = createWaitingRoom();

  const send = async (app: WorldApp, parcel: Parcel): Promise<Outcome> => {
    if (usesSocketMode(app)) return sockets.send(app, parcel);
    const outcome = await sendOverHttp(app, parcel, timing.ackMs);
    traffic.note({
      kind: 'http',
      name: parcel.kind,
      app: app.id,
      request: parcel.payload,
      response: outcome,
    });
    return outcome;
  };

  /** The first attempt and at most as many more as there are waits. A lost socket is followed up at once. */
  const sendEvent = async (app: WorldApp, payload: Parcel['payload']): Promise<void> => {
    let reason: string | undefined;
    for (const [attempt, wait] of [0, ...timing.eventRetryMs].entries()) {
      if (wait > 0 && !(await room.wait(wait))) return;
      const outcome = await send(app, {
        kind: 'events_api',
        payload,
        attempt,
        ...(reason === undefined ? {} : { reason }),
      });
      if (outcome.kind === 'acked' || (outcome.kind === 'rejected' && outcome.noRetry)) return;
      reason = retryReason(outcome);
    }
  };

  const deliver = async (app: WorldApp, event: SlackEvent): Promise<void> => {
    const payload = wrapEvent(workspace, event, app, newEventId());
    const fault = faults.takeEvent(event.subscription);
    if (fault !== undefined)
      traffic.note({ kind: 'fault', name: event.subscription, app: app.id, request: fault });
    if (fault?.kind === 'drop') return;
    if (fault?.kind === 'delay' && !(await room.wait(fault.ms))) return;
    if (fault?.kind === 'duplicate') {
      const twin: Parcel = { kind: 'events_api', payload, attempt: 0, envelopeId: randomUUID() };
      await Promise.all([send(app, twin), send(app, twin)]);
      return;
    }
    await sendEvent(app, payload);
  };

  return {
    timing,
    sockets,
    openTicket: sockets.openTicket,
    tell(change) {
      for (const event of eventsOf(workspace, change)) {
        for (const app of Object.values(workspace.data.apps)) {
          if (isSentTo(event, app)) void deliver(app, event);
        }
      }
    },
    ask: (app, parcel) => send(app, parcel),
    hurry: () => room.hurry(),
    async close() {
      room.close();
      await sockets.close();
    },
  };
}

/** Unique over restarts too: an app that keeps its database drops an event id that it has seen. */
function newEventId(): string {
  return `Ev0${randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase()}`;
}

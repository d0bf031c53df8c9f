/** Where the moment of its making stands in the head of a custom-format archive, and in what width. */
interface Place {
  readonly offset: number;
  /** A sign byte and this many bytes, least significant first. */
  readonly width: number;
}

const MAGIC = 'PGDMP';
/** From archive version 1.15 on the compression is one byte; before it was a number. */
const ONE_BYTE_COMPRESSION = [1, 15] as const;

/** When pg_dump made this archive, as its head says it; the dump must have been made with TZ=UTC. */
export function archiveDate(archive: Buffer): Date {
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = fields(placeOf(archive)).map(
    (offset) => archive.readInt32LE(offset),
  );
  return new Date(Date.UTC(1900 + year, month, day, hour, minute, second));
}

/**
 * A copy of an archive that says it was made at another moment: a fixture for the demo's folder of
 * nightly backups, which nobody has made night after night. Nothing else is changed.
 */
export function backdated(archive: Buffer, when: Date): Buffer {
  const copy = Buffer.from(archive);
  const values = [
    when.getUTCSeconds(),
    when.getUTCMinutes(),
    when.getUTCHours(),
    when.getUTCDate(),
    when.getUTCMonth(),
    when.getUTCFullYear() - 1900,
  ];
  for (const [index, offset] of fields(placeOf(copy)).entries())
    copy.writeInt32LE(values[index] ?? 0, offset);
  return copy;
}

function fields({ offset, width }: Place): number[] {
  return [0, 1, 2, 3, 4, 5].map((index) => offset + index * (1 + width) + 1);
}

/** pg_backup_archiver.c, ReadHead: magic, version (3), integer size, offset size, format, compression, time. */
function placeOf(archive: Buffer): Place {
  const width = archive[8] ?? 0;
  if (archive.subarray(0, 5).toString('latin1') !== MAGIC || width !== 4)
    throw new Error('Not a custom-format archive as pg_dump writes it');
  const [major, minor] = [archive[5] ?? 0, archive[6] ?? 0];
  const short = major > ONE_BYTE_COMPRESSION[0] || minor >= ONE_BYTE_COMPRESSION[1];
  return { offset: 11 + (short ? 1 : 1 + width), width };
}

/**
 * Slack's `<!date^…>` formats, in the reader's zone. `at` is in seconds; `now` in milliseconds decides today and
 * yesterday. Source: Slack's "formatting text for app surfaces", date formatting.
 */
export function formatDate(at: number, format: string, now = Date.now()): string {
  const date = new Date(at * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, token: string) => TOKENS[token]?.(date, now) ?? whole);
}

type Format = (date: Date, now: number) => string;

const intl = (options: Intl.DateTimeFormatOptions): Format => {
  const made = new Intl.DateTimeFormat('en-US', options);
  return (date) => made.format(date);
};

const short = intl({ month: 'short', day: 'numeric', year: 'numeric' });
const long = intl({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
const plain = intl({ month: 'long', day: 'numeric', year: 'numeric' });

const pretty =
  (format: Format): Format =>
  (date, now) => {
    const days = Math.round((midnight(now) - midnight(date.getTime())) / 86_400_000);
    return days === 0 ? 'today' : days === 1 ? 'yesterday' : days === -1 ? 'tomorrow' : format(date, now);
  };

const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);

export const formatTime: Format = intl({ hour: 'numeric', minute: '2-digit' });
const moment = intl({
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});
const day = intl({ weekday: 'long', month: 'long', day: 'numeric' });

const TOKENS: Readonly<Record<string, Format>> = {
  date_num: (date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((n) => String(n).padStart(2, '0'))
      .join('-'),
  date: plain,
  date_slash: intl({ month: '2-digit', day: '2-digit', year: 'numeric' }),
  date_short: short,
  date_long: long,
  date_pretty: pretty(plain),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  day_divider_pretty: pretty(day),
  time: formatTime,
  time_secs: intl({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (date, now) => ago(now - date.getTime()),
};

/** "2 minutes ago", "in 3 hours". */
export function ago(ms: number): string {
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const steps = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const;
  const step = steps.find(([, size]) => Math.abs(ms) >= size);
  return step
    ? relative.format(-Math.round(ms / step[1]), step[0])
    : relative.format(-Math.round(ms / 1000), 'second');
}

/** The heading between two days of a conversation. */
export function dayName(ts: string, now = Date.now()): string {
  const text = formatDate(Number(ts), '{day_divider_pretty}', now);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const clock = (ts: string) => formatTime(new Date(Number(ts) * 1000), 0);
export const fullTime = (ts: string) => moment(new Date(Number(ts) * 1000), 0);
export const sameDay = (a: string, b: string) => midnight(Number(a) * 1000) === midnight(Number(b) * 1000);

import type { GatewayFrame } from '../wire/frame.ts';
import type { Problem } from '../wire/statement.ts';
import type { Link } from './connect.ts';

/** Without an answer in this time the step does not begin: the operation stops here and undoes. */
export const BEGIN_PATIENCE_MS = 60_000;
/** The question is asked again on this beat: a link may have come back, an answer may be lost. */
const ASK_EVERY_MS = 2_000;

type Begun = Extract<GatewayFrame, { type: 'begun' }>;

export interface Beginner {
  /** Asks the bot whether a destructive step may start now. Null: it may. */
  ask(operation: string, step: string, fence: number, cancel: AbortSignal): Promise<Problem | null>;
  /** An answer came. */
  answer(begun: Begun): void;
}

/** The last question before something that cannot be taken back, to whoever holds the operation's state. */
export function startBeginner(link: () => Link | null, patienceMs = BEGIN_PATIENCE_MS): Beginner {
  const waiting = new Map<string, (begun: Begun) => void>();

  return {
    answer: (begun) => waiting.get(`${begun.operation} ${begun.step}`)?.(begun),
    ask(operation, step, fence, cancel) {
      const key = `${operation} ${step}`;
      const question = (): void => void link()?.send({ type: 'begin', operation, step, fence });
      return new Promise((resolve) => {
        const settle = (problem: Problem | null): void => {
          clearInterval(again);
          clearTimeout(patience);
          waiting.delete(key);
          resolve(problem);
        };
        const again = setInterval(question, ASK_EVERY_MS);
        const patience = setTimeout(() => settle(unanswered(step, patienceMs)), patienceMs);
        cancel.addEventListener('abort', () => settle(refused(step, 'cancelled')), { once: true });
        waiting.set(key, ({ ok, code }) => settle(ok ? null : refused(step, code ?? 'no reason given')));
        if (cancel.aborted) settle(refused(step, 'cancelled'));
        else question();
      });
    },
  };
}

function unanswered(step: string, patienceMs: number): Problem {
  return {
    code: 'begin_unanswered',
    text: `The bot did not say within ${Math.round(patienceMs / 1000)} s that step ${step} may begin.`,
    hint: 'Nothing destructive was done by it. What was done before is undone.',
  };
}

function refused(step: string, code: string): Problem {
  return {
    code: 'begin_refused',
    text: `The bot says that step ${step} may not begin: ${code}.`,
    hint: 'Nothing destructive was done by it. What was done before is undone.',
  };
}

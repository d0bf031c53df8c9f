import { z } from 'zod';

/** One envelope of Slack's, ready to be written down. */
export interface Envelope {
  /** The same for every delivery of the same thing. */
  readonly key: string;
  readonly kind: 'event' | 'command' | 'action' | 'view';
  readonly body: unknown;
}

/** Who hears of what comes in. */
export interface Hearer {
  /** Writes an envelope down; throwing means that Slack gets no acknowledgement. */
  keep(envelope: Envelope): Promise<void>;
  /** A socket is open (again): whatever happened while none was has not been heard of. */
  connected(): void;
}

export interface Intake {
  /** False while no connection to Slack listens. Always true over HTTP. */
  listening(): boolean;
  stop(): Promise<void>;
}

const EventCallback = z.looseObject({ type: z.literal('event_callback'), event_id: z.string() });
const SlashCommand = z.looseObject({ command: z.string(), trigger_id: z.string() });
const BlockActions = z.looseObject({ type: z.literal('block_actions'), trigger_id: z.string() });
const ViewSubmission = z.looseObject({
  type: z.literal('view_submission'),
  view: z.looseObject({ id: z.string(), hash: z.string().optional() }),
});

/** Names what came in, whichever way it came; null for what Twokey has no use for. */
export function envelopeOf(body: unknown): Envelope | null {
  const event = EventCallback.safeParse(body);
  if (event.success) return { key: `event:${event.data.event_id}`, kind: 'event', body };
  const command = SlashCommand.safeParse(body);
  if (command.success) return { key: `command:${command.data.trigger_id}`, kind: 'command', body };
  const action = BlockActions.safeParse(body);
  if (action.success) return { key: `action:${action.data.trigger_id}`, kind: 'action', body };
  const view = ViewSubmission.safeParse(body);
  if (view.success)
    return { key: `view:${view.data.view.id}:${view.data.view.hash ?? ''}`, kind: 'view', body };
  return null;
}

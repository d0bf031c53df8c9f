import { z } from 'zod';
import { GatewayFrame } from '../wire/frame.ts';

/** An order is left as it came: the first of the runner's gates holds it against its schema, and answers. */
const OrderFrame = z.strictObject({ type: z.literal('order'), order: z.unknown() });

export type Incoming = Exclude<GatewayFrame, { type: 'order' }> | z.infer<typeof OrderFrame>;

/** A frame of the gateway, or null when it is none. */
export function readFrame(text: string): Incoming | null {
  const value = jsonOf(text);
  const order = OrderFrame.safeParse(value);
  if (order.success) return order.data;
  const { data: frame } = GatewayFrame.safeParse(value);
  return frame === undefined || frame.type === 'order' ? null : frame;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { z } from 'zod';
import { AnyText } from '../elements/choices.tsx';
import { TextObject } from '../elements/model.ts';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { defineBlock } from './define.tsx';

const ICONS = {
  default: 'info',
  info: 'info',
  warning: 'warning',
  error: 'error',
  success: 'check',
} as const satisfies Record<string, IconName>;
const Level = z.enum(['default', 'info', 'warning', 'error', 'success']);

/** A line that stands out by its level. */
export const Alert = defineBlock(
  z.object({ text: TextObject, level: Level.default('default') }),
  ({ block: { text, level } }) => (
    <div class={`alert alert-${level}`}>
      <Icon name={ICONS[level]} />
      <div>
        <span class="visually-hidden">{level}: </span>
        <AnyText text={text} />
      </div>
    </div>
  ),
);

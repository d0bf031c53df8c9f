import { useEffect } from 'preact/hooks';
import type { Answer } from './acting.ts';
import type { Picker, TextInput } from './model.ts';

interface Props<E> {
  readonly element: E;
  readonly label?: string | undefined;
  readonly onAnswer: (answer: Answer) => void;
  readonly onInitial?: ((answer: Answer) => void) | undefined;
}

const HTML_TYPES = {
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
} as const;

export function TextInputElement({ element, label, onAnswer, onInitial }: Props<TextInput>) {
  const answer = (value: string): Answer => ({ type: element.type, value: value === '' ? null : value });
  useEffect(() => onInitial?.(answer(element.initial_value ?? '')), []);
  const shared = {
    class: 'field',
    'aria-label': label,
    placeholder: element.placeholder?.text,
    defaultValue: element.initial_value,
    minLength: element.min_length,
    maxLength: element.max_length,
  };
  if (element.multiline)
    return <textarea {...shared} rows={4} onInput={(event) => onAnswer(answer(event.currentTarget.value))} />;
  return (
    <input
      {...shared}
      type={HTML_TYPES[element.type]}
      min={element.min_value}
      max={element.max_value}
      step={element.is_decimal_allowed ? 'any' : undefined}
      autocomplete="off"
      onInput={(event) => onAnswer(answer(event.currentTarget.value))}
    />
  );
}

export function PickerElement({ element, label, onAnswer, onInitial }: Props<Picker>) {
  const start = {
    datepicker: element.initial_date,
    timepicker: element.initial_time,
    datetimepicker: element.initial_date_time && localMinute(element.initial_date_time),
  }[element.type];
  const answer = (value: string): Answer => {
    const given = value === '' ? null : value;
    if (element.type === 'datepicker') return { type: element.type, selected_date: given };
    if (element.type === 'timepicker') return { type: element.type, selected_time: given };
    return { type: element.type, selected_date_time: given && Math.floor(Date.parse(given) / 1000) };
  };
  useEffect(() => onInitial?.(answer(start || '')), []);
  return (
    <input
      class="field field-picker"
      type={
        ({ datepicker: 'date', timepicker: 'time', datetimepicker: 'datetime-local' } as const)[element.type]
      }
      aria-label={label}
      defaultValue={start || ''}
      onChange={(event) => onAnswer(answer(event.currentTarget.value))}
    />
  );
}

function localMinute(at: number): string {
  const date = new Date(at * 1000 - new Date(at * 1000).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

import { useEffect, useId, useState } from 'preact/hooks';
import { Mrkdwn, PlainText } from '../text/view.tsx';
import type { Answer } from './acting.ts';
import type { Choices, Option, TextObject } from './model.ts';

/** Checkboxes and radio buttons. */
export function ChoicesElement(props: {
  element: Choices;
  label?: string | undefined;
  onAnswer: (answer: Answer) => void;
  onInitial?: ((answer: Answer) => void) | undefined;
}) {
  const { element, onAnswer, onInitial } = props;
  const name = useId();
  const single = element.type === 'radio_buttons';
  const [chosen, setChosen] = useState<readonly string[]>(() =>
    [...(element.initial_options ?? []), ...(element.initial_option ? [element.initial_option] : [])].map(
      keyOf,
    ),
  );
  const answer = (keys: readonly string[]): Answer => {
    const options = element.options.filter((option) => keys.includes(keyOf(option)));
    return single
      ? { type: element.type, selected_option: options[0] ?? null }
      : { type: element.type, selected_options: options };
  };

  useEffect(() => onInitial?.(answer(chosen)), []);

  const toggle = (key: string) => {
    const next = single
      ? [key]
      : chosen.includes(key)
        ? chosen.filter((one) => one !== key)
        : [...chosen, key];
    setChosen(next);
    onAnswer(answer(next));
  };
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{props.label ?? 'Options'}</legend>
      {element.options.map((option) => (
        <label key={keyOf(option)} class="choice">
          <input
            type={single ? 'radio' : 'checkbox'}
            name={name}
            checked={chosen.includes(keyOf(option))}
            onChange={() => toggle(keyOf(option))}
          />
          <span>
            <AnyText text={option.text} />
            {option.description && (
              <span class="choice-description">
                <AnyText text={option.description} />
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export const AnyText = ({ text }: { text: TextObject }) =>
  text.type === 'mrkdwn' ? <Mrkdwn text={text.text} /> : <PlainText text={text.text} />;

const keyOf = (option: Option) => option.value ?? option.text.text;

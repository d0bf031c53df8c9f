import { useContext } from 'preact/hooks';
import { ActingContext, type Answer, useDispatch } from './acting.ts';
import { ButtonElement } from './button.tsx';
import { ChoicesElement } from './choices.tsx';
import { PickerElement, TextInputElement } from './input.tsx';
import type { Interactive } from './model.ts';
import { OverflowElement } from './overflow.tsx';
import { SelectElement } from './select.tsx';
import './elements.css';

interface ElementProps {
  readonly element: Interactive;
  readonly blockId: string;
  /** Names the control for assistive technology, where no visible label stands beside it. */
  readonly label?: string;
  /** An `input` block keeps its value for the submission; elements elsewhere act at once. */
  readonly quiet?: boolean;
}

/** An interactive element wherever it stands. */
export function Element({ element, blockId, label, quiet = false }: ElementProps) {
  const { keep } = useContext(ActingContext);
  const { dispatch } = useDispatch(blockId, element);
  const onInitial = (answer: Answer) => keep(blockId, element.action_id, answer);
  const onAnswer = (answer: Answer) => {
    onInitial(answer);
    if (!quiet) void dispatch(answer);
  };
  const shared = { onInitial, onAnswer, ...(label ? { label } : {}) };
  switch (element.type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return <ButtonElement element={element} blockId={blockId} />;
    case 'overflow':
      return <OverflowElement element={element} blockId={blockId} />;
    case 'checkboxes':
    case 'radio_buttons':
      return <ChoicesElement element={element} {...shared} />;
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return <TextInputElement element={element} {...shared} onAnswer={onInitial} />;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <PickerElement element={element} {...shared} />;
    default:
      return <SelectElement element={element} {...shared} />;
  }
}

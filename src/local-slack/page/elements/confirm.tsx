import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Dialog } from '../widgets/dialog.tsx';
import { type Acting, ActingContext } from './acting.ts';
import { AnyText } from './choices.tsx';
import type { Confirm } from './model.ts';

/** Gives the elements inside a place to report to, and shows their confirmation dialogs. */
export function ActingScope(props: Omit<Acting, 'confirm'> & { children: ComponentChildren }) {
  const { dispatch, keep } = props;
  const [asked, setAsked] = useState<{ dialog: Confirm; answer: (yes: boolean) => void }>();
  const acting = useMemo<Acting>(
    () => ({
      dispatch,
      keep,
      confirm: (dialog) => new Promise((resolve) => setAsked({ dialog, answer: resolve })),
    }),
    [dispatch, keep],
  );
  const answer = (yes: boolean) => {
    asked?.answer(yes);
    setAsked(undefined);
  };
  return (
    <ActingContext.Provider value={acting}>
      {props.children}
      {asked && <ConfirmDialog dialog={asked.dialog} onAnswer={answer} />}
    </ActingContext.Provider>
  );
}

function ConfirmDialog({ dialog, onAnswer }: { dialog: Confirm; onAnswer: (yes: boolean) => void }) {
  const look = `button button-large ${dialog.style === 'danger' ? 'button-danger' : 'button-primary'}`;
  const footer = (
    <>
      <button type="button" class="button button-large" onClick={() => onAnswer(false)}>
        {dialog.deny?.text ?? 'No'}
      </button>
      <button type="button" class={look} onClick={() => onAnswer(true)}>
        {dialog.confirm?.text ?? 'Yes'}
      </button>
    </>
  );
  return (
    <Dialog title={dialog.title?.text ?? 'Are you sure?'} onClose={() => onAnswer(false)} footer={footer}>
      <AnyText text={dialog.text} />
    </Dialog>
  );
}

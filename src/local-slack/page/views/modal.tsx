import { useCallback, useRef, useState } from 'preact/hooks';
import { Blocks } from '../blocks/blocks.tsx';
import type { Answer } from '../elements/acting.ts';
import { ActingScope } from '../elements/confirm.tsx';
import * as api from '../state/api.ts';
import type { View } from '../state/model.ts';
import { attempt, closeView, session, useSession } from '../state/session.ts';
import { PlainText } from '../text/view.tsx';
import { Dialog } from '../widgets/dialog.tsx';
import { ErrorsContext } from './errors.ts';
import { missingValues, type Values } from './values.ts';

/** The topmost open view; closing it shows the one below. */
export function Modals() {
  const view = useSession((state) => state.views.at(-1));
  return view ? <Modal key={view.id} view={view} /> : null;
}

function Modal({ view }: { view: View }) {
  const values = useRef<Values>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const as = session.get().route.as;

  const keep = useCallback((blockId: string, actionId: string, answer: Answer) => {
    values.current = { ...values.current, [blockId]: { ...values.current[blockId], [actionId]: answer } };
  }, []);
  const dispatch = useCallback(
    (blockId: string, actionId: string, { type: _, ...answer }: Answer) =>
      attempt(() => api.act({ as, view_id: view.id, block_id: blockId, action_id: actionId, ...answer })),
    [as, view.id],
  );
  const close = () => {
    closeView(view.id);
    void attempt(() => api.answerView({ as, view_id: view.id, submit: false, values: {} }));
  };
  const submit = async () => {
    const missing = missingValues(view.blocks, values.current);
    setErrors(missing);
    if (busy || Object.keys(missing).length > 0) return;
    setBusy(true);
    await attempt(async () => {
      const answer = await api.answerView({ as, view_id: view.id, submit: true, values: values.current });
      if (answer.response_action === 'errors') setErrors(answer.errors ?? {});
      else if (!answer.response_action || answer.response_action === 'clear') closeView(view.id);
    });
    setBusy(false);
  };

  const footer = (
    <>
      <button type="button" class="button button-large" onClick={close}>
        {view.close?.text ?? 'Close'}
      </button>
      {view.submit && (
        <button type="submit" form={view.id} class="button button-large button-primary" aria-busy={busy}>
          {view.submit.text}
        </button>
      )}
    </>
  );
  return (
    <Dialog title={<PlainText text={view.title?.text ?? ''} />} onClose={close} footer={footer}>
      <form
        id={view.id}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <ErrorsContext.Provider value={errors}>
          <ActingScope keep={keep} dispatch={dispatch}>
            <Blocks blocks={view.blocks} />
          </ActingScope>
        </ErrorsContext.Provider>
      </form>
    </Dialog>
  );
}

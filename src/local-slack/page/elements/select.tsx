import { useEffect, useState } from 'preact/hooks';
import { nameOf } from '../people/names.ts';
import { useSession } from '../state/session.ts';
import type { Workspace } from '../state/state.ts';
import type { Answer } from './acting.ts';
import type { Option, Select } from './model.ts';

interface Entry {
  readonly key: string;
  readonly label: string;
  readonly group?: string;
  readonly option?: Option;
}

/** Every kind of select, single and multiple, on the browser's own control: keyboard and phone come with it. */
export function SelectElement(props: {
  element: Select;
  label?: string;
  onAnswer: (answer: Answer) => void;
  /** Reports the value that it starts with. */
  onInitial?: ((answer: Answer) => void) | undefined;
}) {
  const { element, onAnswer, onInitial } = props;
  const workspace = useSession((state) => state.workspace);
  const here = useSession((state) => state.route.channel);
  const [chosen, setChosen] = useState(() => initial(element, here));
  const entries = workspace ? entriesOf(element, workspace) : [];
  const many = element.type.startsWith('multi_');
  const hint = element.placeholder?.text ?? 'Select an item';

  useEffect(() => onInitial?.(answerOf(element.type, entries, chosen)), []);

  const change = (select: HTMLSelectElement) => {
    const keys = [...select.selectedOptions].map(({ value }) => value).filter(Boolean);
    setChosen(keys);
    onAnswer(answerOf(element.type, entries, keys));
  };
  return (
    <select
      class="select"
      multiple={many}
      aria-label={props.label ?? hint}
      value={many ? undefined : (chosen[0] ?? '')}
      onChange={(event) => change(event.currentTarget)}
    >
      {!many && <option value="">{hint}</option>}
      {grouped(entries).map(([group, list]) => {
        const options = list.map(({ key, label }) => (
          <option key={key} value={key} selected={chosen.includes(key)}>
            {label}
          </option>
        ));
        return group ? <optgroup label={group}>{options}</optgroup> : options;
      })}
    </select>
  );
}

function entriesOf(element: Select, workspace: Workspace): Entry[] {
  const kind = element.type.replace('multi_', '');
  if (kind === 'users_select')
    return [...workspace.users.values()]
      .filter((user) => !user.deleted)
      .map((user) => ({ key: user.id, label: nameOf(user) }));
  if (kind === 'channels_select' || kind === 'conversations_select')
    return [...workspace.channels.values()]
      .filter(({ is_im }) => !is_im)
      .map(({ id, name }) => ({ key: id, label: `#${name ?? id}` }));
  const groups = element.option_groups ?? [{ label: undefined, options: element.options ?? [] }];
  return groups.flatMap(({ label, options }) =>
    options.map((option) => ({
      key: option.value ?? option.text.text,
      label: option.text.text,
      option,
      ...(label ? { group: label.text } : {}),
    })),
  );
}

function grouped(entries: readonly Entry[]): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries)
    groups.set(entry.group ?? '', [...(groups.get(entry.group ?? '') ?? []), entry]);
  return [...groups];
}

function initial(element: Select, here: string | undefined): string[] {
  const keyOf = (option: Option) => option.value ?? option.text.text;
  const current = element.default_to_current_conversation && here ? [here] : [];
  const one = element.initial_user ?? element.initial_channel ?? element.initial_conversation;
  return [
    ...(element.initial_option ? [keyOf(element.initial_option)] : []),
    ...(element.initial_options ?? []).map(keyOf),
    ...(element.initial_users ?? element.initial_channels ?? element.initial_conversations ?? []),
    ...(one ? [one] : current),
  ];
}

function answerOf(type: Select['type'], entries: readonly Entry[], keys: readonly string[]): Answer {
  const options = entries.flatMap(({ key, option }) => (keys.includes(key) && option ? [option] : []));
  switch (type) {
    case 'static_select':
      return { type, selected_option: options[0] ?? null };
    case 'users_select':
      return { type, selected_user: keys[0] ?? null };
    case 'channels_select':
      return { type, selected_channel: keys[0] ?? null };
    case 'conversations_select':
      return { type, selected_conversation: keys[0] ?? null };
    case 'multi_static_select':
      return { type, selected_options: options };
    case 'multi_users_select':
      return { type, selected_users: keys };
    case 'multi_channels_select':
      return { type, selected_channels: keys };
    case 'multi_conversations_select':
      return { type, selected_conversations: keys };
  }
}

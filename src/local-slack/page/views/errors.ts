import { createContext } from 'preact';

/** Block id → what is wrong with its value, as the page or the app found on submission. */
export const ErrorsContext = createContext<Readonly<Record<string, string>>>({});

import { z } from 'zod';

/** The public half of an Ed25519 key. */
export const PublicKey = z
  .string()
  .regex(/^ed25519:[A-Za-z0-9+/]{43}=$/, 'a public key (ed25519:…) as `twokey keys show` prints it');

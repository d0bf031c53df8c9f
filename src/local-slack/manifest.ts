import { z } from 'zod';
import { WorldApp } from './world.ts';

/** What of a Slack app manifest decides how Slack treats the app. Everything else is allowed and ignored. */
const Manifest = z.object({
  display_information: z.object({ name: z.string().min(1).max(35) }),
  features: z
    .object({
      slash_commands: z
        .array(
          z.object({
            command: z.string(),
            description: z.string().default(''),
            usage_hint: z.string().default(''),
            should_escape: z.boolean().default(false),
            url: z.url().optional(),
          }),
        )
        .max(50)
        .default([]),
    })
    .default({ slash_commands: [] }),
  oauth_config: z
    .object({
      scopes: z
        .object({ bot: z.array(z.string()).default([]), bot_optional: z.array(z.string()).default([]) })
        .default({ bot: [], bot_optional: [] }),
    })
    .default({ scopes: { bot: [], bot_optional: [] } }),
  settings: z
    .object({
      event_subscriptions: z
        .object({ bot_events: z.array(z.string()).max(100).default([]), request_url: z.url().optional() })
        .optional(),
      interactivity: z.object({ is_enabled: z.boolean(), request_url: z.url().optional() }).optional(),
      socket_mode_enabled: z.boolean().default(false),
    })
    .default({ socket_mode_enabled: false }),
});

/** What a manifest does not say: Slack gives these when the app is made and installed. */
export const Installation = z.strictObject({
  id: z.string(),
  bot_user_id: z.string().optional(),
  bot_token: z.string(),
  app_token: z.string().optional(),
  signing_secret: z.string(),
});
export type Installation = z.output<typeof Installation>;

/**
 * The app that Slack would have after creating it from `manifest` (parsed YAML or JSON) and installing it.
 * Optional scopes count as granted. Throws a ZodError that names what is wrong in the manifest.
 */
export function appFromManifest(manifest: unknown, installation: Installation): WorldApp {
  const read = Manifest.parse(manifest);
  const subscriptions = read.settings.event_subscriptions;
  return WorldApp.parse({
    ...installation,
    name: read.display_information.name,
    scopes: [...new Set([...read.oauth_config.scopes.bot, ...read.oauth_config.scopes.bot_optional])],
    commands: read.features.slash_commands,
    events: subscriptions?.bot_events ?? [],
    interactivity: read.settings.interactivity?.is_enabled ?? false,
    request_url: subscriptions?.request_url ?? read.settings.interactivity?.request_url,
    socket_mode: read.settings.socket_mode_enabled,
  });
}

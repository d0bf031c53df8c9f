import type { Faults } from './control/faults.ts';
import type { Traffic } from './control/traffic.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Workspace } from './workspace/workspace.ts';

/** One running local Slack: what the Web API, the page and the control API work on. */
export interface Slack {
  readonly workspace: Workspace;
  readonly delivery: Delivery;
  readonly faults: Faults;
  readonly traffic: Traffic;
}

import type { FaultRuleInput } from '../../runtime/gatehouse.ts';

/** What the panel can set, read from the rules in force. */
export interface FaultSettings {
  /** Share of this node's messages that are lost, 0 to 1. */
  readonly loss: number;
  readonly delayMs: number;
  /** Peers to whom the link is cut. */
  readonly cut: ReadonlySet<string>;
  /** Rules that were made elsewhere, e.g. in the console. Kept as they are. */
  readonly others: readonly FaultRuleInput[];
}

export function settingsOf(rules: readonly FaultRuleInput[]): FaultSettings {
  let loss = 0;
  let delayMs = 0;
  const cut = new Set<string>();
  const others: FaultRuleInput[] = [];
  for (const rule of rules) {
    if (isGeneral(rule) && loss === 0 && delayMs === 0) {
      loss = rule.drop ?? 0;
      delayMs = rule.delayMs?.[1] ?? 0;
    } else if (isCut(rule)) {
      for (const id of rule.to ?? []) cut.add(id);
    } else {
      others.push(rule);
    }
  }
  return { loss, delayMs, cut, others };
}

export function rulesOf({ loss, delayMs, cut, others }: FaultSettings): FaultRuleInput[] {
  const general: FaultRuleInput = {
    ...(loss > 0 ? { drop: loss } : {}),
    ...(delayMs > 0 ? { delayMs: [delayMs, delayMs] } : {}),
  };
  return [
    ...[...cut].sort().map((id) => ({ to: [id], cut: true })),
    ...(loss > 0 || delayMs > 0 ? [general] : []),
    ...others,
  ];
}

/** No message of this node reaches that peer. */
export function isCutOff(rules: readonly FaultRuleInput[], id: string): boolean {
  return rules.some((rule) => rule.cut === true && (rule.to?.includes(id) ?? true));
}

/** The panel's own rule for all peers. */
function isGeneral({ to, cut, delayMs }: FaultRuleInput): boolean {
  const steady = delayMs === undefined || delayMs[0] === delayMs[1];
  return to === undefined && cut !== true && steady;
}

function isCut({ to, cut, drop, delayMs }: FaultRuleInput): boolean {
  return to !== undefined && cut === true && drop === undefined && delayMs === undefined;
}

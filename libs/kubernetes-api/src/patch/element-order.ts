import { fieldOf, isSameJson } from '../json/json-value.ts';

/** What identifies an element of a merged list: the value of its key field, its keys, or the element itself. */
export type Identify = (element: unknown) => unknown;

export const identifyBy =
  (mergeKey: string | undefined): Identify =>
  (element) =>
    mergeKey === undefined ? element : fieldOf(element, mergeKey);

export const indexOfIdentity = (list: readonly unknown[], identity: unknown, identify: Identify): number =>
  list.findIndex((element) => isSameJson(identify(element), identity));

const sortLike = (elements: readonly unknown[], order: readonly unknown[], identify: Identify): unknown[] => {
  const position = (element: unknown): number => indexOfIdentity(order, identify(element), identify);
  return elements.toSorted((left, right) => position(left) - position(right));
};

/**
 * Orders a merged list as patches ask: elements that the patch names follow the order of the patch,
 * the others keep their order and are put before the first named element that came after them in the live list.
 */
export const orderElements = (
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  liveOrder: readonly unknown[],
  identify: Identify,
): unknown[] => {
  const isNamed = (element: unknown): boolean => indexOfIdentity(patchOrder, identify(element), identify) !== -1;
  const named = sortLike(merged.filter(isNamed), patchOrder, identify);
  const others = sortLike(
    merged.filter((element) => !isNamed(element)),
    liveOrder,
    identify,
  );
  const livePosition = (element: unknown): number => indexOfIdentity(liveOrder, identify(element), identify);
  const ordered: unknown[] = [];
  for (const element of named) {
    const position = livePosition(element);
    const isEarlier = (other: unknown): boolean => livePosition(other) < position;
    while (others.length > 0 && isEarlier(others[0])) ordered.push(others.shift());
    ordered.push(element);
  }
  return [...ordered, ...others];
};

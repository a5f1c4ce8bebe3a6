import { fieldOf, isSameJson } from '../json/json-value.ts';

/** What identifies an element of a merged list: the value of its key field, or the element itself. */
export const identityOf = (element: unknown, mergeKey: string | undefined): unknown =>
  mergeKey === undefined ? element : fieldOf(element, mergeKey);

export const indexOfIdentity = (list: readonly unknown[], identity: unknown, mergeKey: string | undefined): number =>
  list.findIndex((element) => isSameJson(identityOf(element, mergeKey), identity));

const sortLike = (elements: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): unknown[] => {
  const position = (element: unknown): number => indexOfIdentity(order, identityOf(element, mergeKey), mergeKey);
  return elements.toSorted((left, right) => position(left) - position(right));
};

/**
 * Orders a merged list as a strategic merge patch asks: elements that the patch names follow the order of the patch,
 * the others keep their order and are put before the first named element that came after them in the live list.
 */
export const orderElements = (
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  liveOrder: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] => {
  const isNamed = (element: unknown): boolean =>
    indexOfIdentity(patchOrder, identityOf(element, mergeKey), mergeKey) !== -1;
  const named = sortLike(merged.filter(isNamed), patchOrder, mergeKey);
  const others = sortLike(
    merged.filter((element) => !isNamed(element)),
    liveOrder,
    mergeKey,
  );
  const livePosition = (element: unknown): number =>
    indexOfIdentity(liveOrder, identityOf(element, mergeKey), mergeKey);
  const ordered: unknown[] = [];
  for (const element of named) {
    const position = livePosition(element);
    const isEarlier = (other: unknown): boolean => livePosition(other) < position;
    while (others.length > 0 && isEarlier(others[0])) ordered.push(others.shift());
    ordered.push(element);
  }
  return [...ordered, ...others];
};

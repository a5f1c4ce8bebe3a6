export const waits = (): void => {
  setTimeout(() => undefined, 1);
};

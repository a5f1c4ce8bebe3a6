export const readsTheClock = (): number => Date.now() + Math.random();

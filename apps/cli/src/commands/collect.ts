/** Parser of an option that may be repeated: gathers what each names. */
export const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

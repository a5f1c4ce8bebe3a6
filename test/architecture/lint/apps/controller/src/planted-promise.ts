const work = async (): Promise<void> => undefined;

export const floats = (): void => {
  work();
};

export const anything = (value: any): string => value!.text;

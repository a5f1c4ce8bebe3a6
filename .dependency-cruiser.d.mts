declare const configuration: { readonly forbidden: readonly unknown[]; readonly options: unknown };
export default configuration;

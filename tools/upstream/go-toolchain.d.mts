/** A Go toolchain of this machine: `path` of its `go`, or `reason`, a sentence that says what is lacking. */
export declare const findGo: () =>
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

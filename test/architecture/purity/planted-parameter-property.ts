export class Holder {
  constructor(private readonly value: string) {}

  read(): string {
    return this.value;
  }
}

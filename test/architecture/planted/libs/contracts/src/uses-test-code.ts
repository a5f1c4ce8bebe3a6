import { vi } from 'vitest';

export const usesTestCode = vi;

// blake2b.mjs: keyed BLAKE2b-256, by the library that paseto-ts brings with it.
import { BLAKE2b } from '@stablelib/blake2b';

export const blake2b = (key, text) => new BLAKE2b(32, { key }).update(new TextEncoder().encode(text)).digest();

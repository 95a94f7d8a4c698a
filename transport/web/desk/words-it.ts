import { en } from './words-en.ts'
export const it = en

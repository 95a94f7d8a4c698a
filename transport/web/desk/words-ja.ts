import { en } from './words-en.ts'
export const ja = en

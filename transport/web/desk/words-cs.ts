import { en } from './words-en.ts'
export const cs = en

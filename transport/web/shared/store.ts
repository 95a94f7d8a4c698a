/** A value that is replaced, never changed, and tells whoever looks at it. */
export class Store<S> {
  private value: S
  private readonly watchers = new Set<() => void>()

  constructor(initial: S) {
    this.value = initial
  }

  get(): S {
    return this.value
  }

  set(next: S): void {
    if (next === this.value) return
    this.value = next
    this.watchers.forEach((f) => f())
  }

  update(f: (s: S) => S): void {
    this.set(f(this.value))
  }

  watch(f: () => void): () => void {
    this.watchers.add(f)
    return () => this.watchers.delete(f)
  }
}

/** A map with one entry set, or taken out where value is undefined. */
export function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const next = new Map(map)
  if (value === undefined) next.delete(key)
  else next.set(key, value)
  return next
}

/** The state of a file. Any change of the file makes another one. */
export interface FileVersion {
  readonly device: number
  readonly inode: number
  readonly size: number
  /** The times of the last change of its content, and of anything about it, in milliseconds. */
  readonly modified: number
  readonly changed: number
}

/** The state of a part of a file that is used again and again: it holds other bytes when its mark is another one. */
export interface SlotVersion {
  /** The offset of the mark, a number of eight bytes in the order of this machine. */
  readonly markAt: number
  readonly mark: number
}

/** The place of bytes in a file that other processes of this machine can read, too. */
export interface FilePlace {
  /** A path that leads to it in each process of this machine. */
  readonly file: string
  readonly version: FileVersion | SlotVersion
  /** The offset of the first byte. */
  readonly offset: number
}

/** A part of a file. */
export interface FileRange extends FilePlace {
  readonly length: number
}

/** The facts about a file, as the system tells them. */
interface Stats {
  readonly dev: number
  readonly ino: number
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
}

/** Returns the version that the system tells of. */
export function versionOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): FileVersion {
  return { device: dev, inode: ino, size, modified: mtimeMs, changed: ctimeMs }
}

/** True if a file has not been changed between two looks. */
export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return (
    one.device === other.device &&
    one.inode === other.inode &&
    one.size === other.size &&
    one.modified === other.modified &&
    one.changed === other.changed
  )
}

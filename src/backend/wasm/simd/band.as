/** Some lines of a tensor's planes; the words are written in this order. Pointers are byte addresses. */
@unmanaged
export class Band {
  /** Which of its sides that is, and what a line and a plane are, say the kernels. */
  tensor: usize;
  /** [count * pixels of a line, channels] each; planes a power of two apart would share cache sets. */
  planes: usize;
  /** Bytes from one plane to the next. */
  planeBytes: usize;
  /** Lines first .. first + count - 1 of all images. */
  first: i32;
  count: i32;
  rows: i32;
  columns: i32;
  /** Divides by 4. */
  channels: i32;
  /** [channels]. */
  bias: usize;
  relu: i32;
}

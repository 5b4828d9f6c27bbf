/** The part of a started backend that the service watches. */
export interface InferenceDevice {
  backend: string;
  description: string;
  /** Throws the first GPU error seen. */
  check(): void;
  /** Gives back memory that pictures of other sizes have left behind. */
  trim(): void;
  /** Resolves when the device is gone. */
  lost: Promise<Error>;
}

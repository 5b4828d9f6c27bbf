import type { Model } from "../colorize/model.ts";
import { ProblemError } from "./problem.ts";
import type { PictureOptions } from "./service.ts";

/**
 * Refuses what a model does not take, before any work.
 * @throws {ProblemError} 422 naming the options and the model.
 */
export function checkOptions(
  { name, network }: Model,
  { vividness, points, candidates, source }: Partial<PictureOptions>,
): void {
  const { palette, takesHints } = network;
  const areHints = source?.kind !== "spread";
  const given = [
    ...(vividness === undefined || palette ? [] : ["vividness"]),
    ...(!points?.length || takesHints || !areHints ? [] : ["points"]),
    ...(candidates === undefined || candidates === 1 || palette ? [] : ["candidates"]),
    ...(source?.kind !== "transfer" || source.transfer === "welsh" || palette ? [] : ["reference"]),
  ];
  if (given.length === 0) return;
  const reason = takesHints
    ? "it predicts one color for each pixel"
    : "it predicts one color for each pixel and takes no hints";
  const advice = "GET /models tells what models take";
  throw new ProblemError(
    422,
    `Cannot use ${given.join(", ")} with model ${name}: ${reason}; ${advice}`,
  );
}

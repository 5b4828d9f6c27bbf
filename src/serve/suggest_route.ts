/** `POST /v1/suggest`: the colors that a place of a picture may have. */
import type { Context } from "hono";
import { suggestSchemas } from "./colorize_options.ts";
import { pictureOptions, readPictureRequest } from "./colorize_request.ts";
import type { ColorizeRouteOptions } from "./colorize_route.ts";
import { ProblemError } from "./problem.ts";
import { Deadline } from "./request_signal.ts";
import type { AppEnv } from "./telemetry.ts";

const COUNT = 5;

/** Answers colors with their shares, the likeliest first. */
export async function answerSuggest(
  c: Context<AppEnv>,
  { service, maxBodyBytes, timeoutSeconds }: ColorizeRouteOptions,
): Promise<Response> {
  const deadline = new Deadline(c.req.raw, timeoutSeconds);
  using ticket = service.admit();
  const { picture, options } = await readPictureRequest(c.req.raw, suggestSchemas, {
    maxBytes: maxBodyBytes,
    onBytes: (bytes) => ticket.addBytes(bytes),
    signal: deadline.signal,
  });
  const { x, y, count = COUNT, timeout, ...others } = options;
  if (x === undefined || y === undefined) {
    throw new ProblemError(422, "Cannot suggest colors: options x and y must be given");
  }
  const colors = await service.suggest(picture, {
    ...pictureOptions(others),
    ...{ x, y, count },
    signal: deadline.within(timeout),
  });
  return c.json({
    colors: colors.map(({ rgb, share }) => ({
      color: `#${Uint8Array.from(rgb).toHex()}`,
      share: Math.round(1000 * share) / 1000,
    })),
  });
}

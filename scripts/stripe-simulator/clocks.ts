// Test clocks: the customers of one live at its instant, which moves forward only, two intervals at most per step.
import type Stripe from "stripe";
import { emit } from "./events";
import { invalid } from "./failure";
import { listPage } from "./lists";
import { expand, int, nothing, page, paramsOf, text } from "./parameters";
import { runDue } from "./renewals";
import { type Route, route } from "./route";
import { all, clockOf, get, idOf, newIdOf, put, secondsNow, type World } from "./world";

const DAY_SECONDS = 86_400;
const STEP_DAYS: Record<Stripe.Price.Recurring.Interval, number> = { day: 2, week: 14, month: 62, year: 731 };

const createClock = paramsOf<Stripe.TestHelpers.TestClockCreateParams>()({
  frozen_time: int,
  name: text.exactOptional(),
  expand,
});
const advanceClock = paramsOf<Stripe.TestHelpers.TestClockAdvanceParams>()({ frozen_time: int, expand });
const listClocks = paramsOf<Stripe.TestHelpers.TestClockListParams>()({ ...page });

export const CLOCK_ROUTES: Route[] = [
  route("POST /v1/test_helpers/test_clocks", createClock, ({ world, params }) => {
    const clock = makeClock(world, params.frozen_time, params.name);
    emit(world, "test_helpers.test_clock.created", clock);
    return clock;
  }),
  route("GET /v1/test_helpers/test_clocks", listClocks, ({ world, params }) =>
    listPage(all(world, "test_helpers.test_clock"), params, "/v1/test_helpers/test_clocks"),
  ),
  route("GET /v1/test_helpers/test_clocks/:id", nothing, ({ world, id }) =>
    get(world, "test_helpers.test_clock", id),
  ),
  route("POST /v1/test_helpers/test_clocks/:id/advance", advanceClock, ({ world, params, id }) =>
    advance(world, get(world, "test_helpers.test_clock", id), params.frozen_time),
  ),
];

function makeClock(world: World, frozenTime: number, name?: string): Stripe.TestHelpers.TestClock {
  const now = secondsNow(world);
  return put(world, "test_helpers.test_clock", {
    id: newIdOf("test_helpers.test_clock"),
    object: "test_helpers.test_clock",
    created: now,
    deletes_after: now + 30 * DAY_SECONDS,
    frozen_time: frozenTime,
    livemode: false,
    name: name ?? null,
    status: "ready",
    status_details: {},
  });
}

/**
 * The end of a subscription's period comes for its customer alone, who lives by a clock of their own from then on: whoever
 * else is there pays nothing. Stripe gives clocks to new customers only.
 */
export function renewAlone(world: World, { customer, items }: Stripe.Subscription): void {
  const end = items.data[0]?.current_period_end ?? 0;
  const clock = clockOf(world, idOf(customer)) ?? giveClock(world, idOf(customer));
  clock.frozen_time = Math.max(clock.frozen_time, end) + 1;
  runDue(world, clock.id);
}

function giveClock(world: World, customerId: string): Stripe.TestHelpers.TestClock {
  const clock = makeClock(world, secondsNow(world));
  get(world, "customer", customerId).test_clock = clock.id;
  for (const subscription of all(world, "subscription"))
    if (idOf(subscription.customer) === customerId) subscription.test_clock = clock.id;
  return clock;
}

/** Stripe advances in the background and is `ready` later; here it is ready with the answer. */
function advance(
  world: World,
  clock: Stripe.TestHelpers.TestClock,
  to: number,
): Stripe.TestHelpers.TestClock {
  if (to <= clock.frozen_time)
    throw invalid("You can only advance a test clock to a time in the future.", { param: "frozen_time" });
  if (to > clock.frozen_time + stepSeconds(world, clock))
    throw invalid("You can advance a test clock by at most two intervals of its shortest subscription.", {
      param: "frozen_time",
    });
  clock.frozen_time = to;
  emit(world, "test_helpers.test_clock.advancing", { ...clock, status: "advancing" });
  runDue(world, clock.id);
  emit(world, "test_helpers.test_clock.ready", clock);
  return clock;
}

function stepSeconds(world: World, clock: Stripe.TestHelpers.TestClock): number {
  const days = all(world, "subscription")
    .filter(({ test_clock, ended_at }) => ended_at === null && test_clock && idOf(test_clock) === clock.id)
    .flatMap(({ items }) =>
      items.data.map(({ price }) => STEP_DAYS[price.recurring?.interval ?? "month"] ?? 62),
    );
  return Math.min(...days, STEP_DAYS["year"] ?? 731) * DAY_SECONDS;
}

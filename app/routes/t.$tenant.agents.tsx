import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData, useParams } from "@remix-run/react";
import { AgentMark, agentName } from "~/components/chat/agent-mark";
import { PageHeading } from "~/components/shell/page-heading";
import { Badge } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Agents · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const [agents, tools] = await Promise.all([api(args).agents.list(), api(args).tools.list()]);
  return { agents: agents.items, tools: tools.items, canWrite: scope.permissions.has("chat.write") };
}

type Data = Awaited<ReturnType<typeof loader>>;

export default function AgentsPage() {
  const { agents, tools, canWrite } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeading
        title="Agents"
        description="Triage takes every question and hands over to a specialist when one is better placed. You can also begin with a specialist."
      />
      <div className="grid gap-5 lg:grid-cols-3">
        {agents.map((agent) => (
          <AgentCard key={agent.id} agent={agent} tools={tools} canWrite={canWrite} />
        ))}
      </div>
      <Tools tools={tools} />
    </>
  );
}

interface AgentCardProps {
  agent: Data["agents"][number];
  tools: Data["tools"];
  canWrite: boolean;
}

function AgentCard({ agent, tools, canWrite }: AgentCardProps) {
  const { tenant } = useParams();
  const own = tools.filter((tool) => agent.tools.includes(tool.name));
  return (
    <Card aria-labelledby={agent.id} className="flex flex-col p-5 sm:p-6">
      <div className="flex items-center gap-3">
        <AgentMark agentId={agent.id} className="size-9" />
        <h2 id={agent.id} className="min-w-0 flex-1 font-semibold">
          {agent.name}
        </h2>
        <Badge tone="success">Available</Badge>
      </div>
      <p className="mt-3 text-ink-muted text-sm">{agent.description}</p>
      <dl className="mt-4 flex flex-1 flex-col gap-3 text-sm">
        <div>
          <dt className="text-ink-muted text-xs">Tools</dt>
          <dd className="mt-1 flex flex-wrap gap-1.5">
            {own.map((tool) => (
              <Badge key={tool.name}>{tool.label}</Badge>
            ))}
          </dd>
        </div>
        <div>
          <dt className="text-ink-muted text-xs">Hands over to</dt>
          <dd className="mt-1">{agent.handsOverTo.map(agentName).join(", ") || "Nobody"}</dd>
        </div>
      </dl>
      {canWrite && (
        <Link to={`/t/${tenant}/chat?agent=${agent.id}`} className={`${buttonClass("secondary")} mt-5`}>
          Start a chat
        </Link>
      )}
    </Card>
  );
}

function Tools({ tools }: { tools: Data["tools"] }) {
  return (
    <Card aria-labelledby="tools" className="mt-6">
      <CardHeader id="tools" title="Tools" description="An agent uses its own tools and nothing else." />
      <ul className="divide-y divide-line border-line border-t">
        {tools.map((tool) => (
          <li
            key={tool.name}
            className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-5 py-4 sm:px-6"
          >
            <div className="min-w-0 flex-1 basis-64">
              <h3 className="font-medium text-sm">{tool.label}</h3>
              <p className="mt-0.5 text-ink-muted text-sm">{tool.description}</p>
              {tool.offReason !== null && <p className="mt-1 text-sm text-warning-ink">{tool.offReason}</p>}
            </div>
            <Badge tone={tool.isEnabled ? "success" : "secondary"}>{tool.isEnabled ? "On" : "Off"}</Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

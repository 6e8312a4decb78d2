import {
  Button,
  LabelledInput,
  LabelledRevealablePasswordInput,
  NavBar,
  SimpleCard,
} from "@shlinkio/shlink-frontend-kit";
import { ShlinkApiClient } from "@shlinkio/shlink-js-sdk";
import { FetchHttpClient } from "@shlinkio/shlink-js-sdk/fetch";
import { ShlinkWebComponent } from "@shlinkio/shlink-web-component";
import { useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Link, Route, Routes, useNavigate, useParams } from "react-router";

/** The place in the browser where the real page keeps them, too. */
const kept = "shlink.servers";

const idOf = ({ name, url }) =>
  `${name} ${new URL(url).host}`.toLowerCase().replaceAll(/[^a-z0-9-_.~]/g, "-");

/** The real page takes no server without a key from the list, either. */
const isComplete = ({ name, url, apiKey }) => Boolean(name && url && apiKey);

const known = () => JSON.parse(localStorage.getItem(kept) ?? "{}");

async function offered() {
  const list = await (await fetch("/servers.json")).json();
  return Object.fromEntries(list.filter(isComplete).map((server) => [idOf(server), server]));
}

const Brand = () => (
  <Link to="/" className="text-white">
    Shlink
  </Link>
);

function Home({ servers }) {
  return (
    <SimpleCard title="Welcome!" className="mx-auto pt-24 max-w-180">
      {Object.entries(servers).map(([id, { name }]) => (
        <p key={id} className="flex justify-between py-2">
          <Link to={`/server/${id}`}>{name}</Link>
          <Link to={`/server/${id}/edit`}>Edit server</Link>
        </p>
      ))}
    </SimpleCard>
  );
}

function Edit({ servers, onSave }) {
  const { id } = useParams();
  const go = useNavigate();
  const [server, setServer] = useState(servers[id]);
  const set = (key) => (event) => setServer({ ...server, [key]: event.target.value });
  const save = (event) => {
    event.preventDefault();
    onSave(id, server);
    go(`/server/${id}`);
  };
  return (
    <form onSubmit={save} className="mx-auto pt-24 max-w-180">
      <SimpleCard title={`Edit "${server.name}"`} bodyClassName="flex flex-col gap-y-3">
        <LabelledInput label="Name" value={server.name} onChange={set("name")} required />
        <LabelledInput label="URL" value={server.url} onChange={set("url")} required />
        <LabelledRevealablePasswordInput
          label="API key"
          value={server.apiKey}
          onChange={set("apiKey")}
          required
        />
        <Button type="submit">Save</Button>
      </SimpleCard>
    </form>
  );
}

function Server({ servers }) {
  const { id } = useParams();
  const { url, apiKey } = servers[id];
  const apiClient = useMemo(
    () => new ShlinkApiClient(new FetchHttpClient(), { baseUrl: url, apiKey }),
    [url, apiKey],
  );
  const [version, setVersion] = useState();
  useEffect(() => {
    apiClient.health().then((health) => setVersion(health.version));
  }, [apiClient]);
  if (version === undefined) return "Loading...";
  return (
    <ShlinkWebComponent
      serverVersion={version}
      apiClient={apiClient}
      routesPrefix={`/server/${id}`}
    />
  );
}

function Page() {
  const [servers, setServers] = useState(known);
  useEffect(() => {
    if (Object.keys(servers).length === 0) offered().then(setServers);
    else localStorage.setItem(kept, JSON.stringify(servers));
  }, [servers]);
  if (Object.keys(servers).length === 0) return "Loading...";
  const save = (id, server) => setServers({ ...servers, [id]: server });
  return (
    <BrowserRouter>
      <NavBar className="fixed top-0 z-900 w-full" brand={<Brand />} />
      <Routes>
        <Route index element={<Home servers={servers} />} />
        <Route path="/server/:id/edit" element={<Edit servers={servers} onSave={save} />} />
        <Route path="/server/:id/*" element={<Server servers={servers} />} />
      </Routes>
    </BrowserRouter>
  );
}

createRoot(document.getElementById("root")).render(<Page />);

import { serve } from "../host/serve.ts";
import { tls } from "./provider.ts";

await serve(tls);

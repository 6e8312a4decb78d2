import { serve } from "../host/serve.ts";
import { vault } from "./provider.ts";

await serve(vault);

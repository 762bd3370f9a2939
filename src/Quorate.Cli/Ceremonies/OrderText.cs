using System.Text.Json.Nodes;

namespace Quorate.Cli.Ceremonies;

/// <summary>An order as administrators sign it: docs/spec/ceremonies.md.</summary>
static class OrderText
{
    /// <summary>Puts one together.</summary>
    /// <param name="deployment">Hash of the genesis document.</param>
    /// <param name="id">The order's own name, used once for ever.</param>
    /// <param name="hours">How long it is good for.</param>
    /// <param name="kind">The ceremony: createWallet, backup, ….</param>
    /// <param name="body">What that says.</param>
    internal static JsonObject Of(string deployment, string id, double hours, string kind, JsonObject body) => new()
    {
        ["quorateCeremony"] = 1, ["deployment"] = deployment, ["id"] = id, ["expiresAt"] = Deadline.In(hours), ["ceremony"] = new JsonObject { [kind] = body },
    };
}

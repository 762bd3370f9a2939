using System.Text.Json;

namespace Quorate.Server.Deciding;

/// <summary>An administrator's signature of a document, as it came. Whether it counts is for nodes to say.</summary>
/// <param name="Member">Who says to have signed.</param>
/// <param name="Device">With what.</param>
/// <param name="Document">The approval, docs/spec/intents.md.</param>
sealed record GatheredApproval(string Member, string Device, JsonElement Document);

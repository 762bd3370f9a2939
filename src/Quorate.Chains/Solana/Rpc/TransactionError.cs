using System.Text.Json;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>Why a transaction fails, as the runtime names it.</summary>
/// <param name="Name">The kind, such as BlockhashNotFound.</param>
/// <param name="Index">Which instruction or account, where the kind is about one.</param>
/// <param name="Cause">For an instruction: the kind of its error.</param>
/// <param name="Code">For an error of a program's own: its number.</param>
sealed record TransactionError(string Name, ulong? Index = null, string? Cause = null, ulong? Code = null)
{
    internal const string AlreadyProcessed = "AlreadyProcessed", BlockhashNotFound = "BlockhashNotFound";

    /// <summary>Reads a name, or an object of one name with its particulars.</summary>
    internal static TransactionError Read(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            return new(element.GetString()!);
        var (name, value) = Only(element);
        if (name != "InstructionError")
            return new(name, value.ValueKind == JsonValueKind.Number ? Number(value) : Optional(value, "account_index") is { } account ? Number(account) : null);
        var parts = Items(value).ToArray();
        if (parts.Length != 2)
            throw Malformed("an instruction's error");
        if (parts[1].ValueKind == JsonValueKind.String)
            return new(name, Number(parts[0]), parts[1].GetString());
        var (cause, code) = Only(parts[1]);
        return new(name, Number(parts[0]), cause, code.ValueKind == JsonValueKind.Number ? Number(code) : null);
    }

    public override string ToString() =>
        Name + (Index is { } index ? $" {index}" : "") + (Cause is null ? "" : $": {Cause}") + (Code is { } code ? $" {code}" : "");

    static (string Name, JsonElement Value) Only(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.EnumerateObject().ToArray() is [var only] ? (only.Name, only.Value) : throw Malformed("an error's name");
}

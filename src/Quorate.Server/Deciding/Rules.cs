namespace Quorate.Server.Deciding;

/// <summary>Refusals that many deciders share.</summary>
static class Rules
{
    /// <summary>Characters in a name, a label, a reference or a reason for people.</summary>
    internal const int MaxText = 200;

    internal static Refusal NotFound(string what) => new("not_found", $"There is no such {what}.");

    internal static Refusal AlreadyExists(string what) => new("already_exists", $"There is another {what} of this id.");

    internal static Refusal Taken(string space, string owner) => new($"{space}_taken", $"{owner} has it already.");

    internal static Refusal VersionMismatch(long version, long expected) => new("version_mismatch", $"It is at version {version}, not {expected}.");

    internal static Refusal WrongState(string why) => new("wrong_state", why);

    /// <summary>What is wrong with a text for people; null where nothing is.</summary>
    internal static Refusal? Text(string? text, string field) =>
        text is null || (text.Length is > 0 and <= MaxText && !text.Any(char.IsControl) && text.Trim().Length == text.Length)
            ? null
            : new("invalid_text", $"{field} is 1 to {MaxText} characters without control characters, and no space around.");
}

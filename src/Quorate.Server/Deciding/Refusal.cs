namespace Quorate.Server.Deciding;

/// <summary>Why a command was not carried out. A value: nothing has happened, and nothing is wrong with the program.</summary>
/// <param name="Code">Stable, in snake_case: what a program acts on, and the code of the API's problem document.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="IsRetryable">Whether the same command may be accepted later without any change.</param>
sealed record Refusal(string Code, string Detail, bool IsRetryable = false)
{
    /// <summary>Code and sentence.</summary>
    public override string ToString() => $"{Code}: {Detail}";
}

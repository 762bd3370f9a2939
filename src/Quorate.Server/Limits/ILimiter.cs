using System.Collections.Immutable;

namespace Quorate.Server.Limits;

/// <summary>What one call costs under one limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Of">Whose tally: an API key, a wallet, an address, a message.</param>
/// <param name="Cost">How much, 1 to <see cref="Limit.Most"/>.</param>
readonly record struct Charge(Limit Limit, string Of, int Cost);

/// <summary>What came of taking.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Standings">How each limit stands now, in the order of the charges; empty where unavailable.</param>
readonly record struct Taken(TakenOutcome Outcome, ImmutableArray<Standing> Standings)
{
    internal static Taken Unavailable { get; } = new(TakenOutcome.Unavailable, []);
}

/// <summary>Whether all of a call's charges were taken.</summary>
enum TakenOutcome
{
    /// <summary>All.</summary>
    Taken,

    /// <summary>None, because at least one does not fit.</summary>
    Refused,

    /// <summary>It is not known: the tallies are out of reach, or there is no room for another. Never more than was allowed.</summary>
    Unavailable,
}

/// <summary>Keeps tallies and takes from all of a call's at once, or from none. Exact for any number of callers at a time.</summary>
interface ILimiter : IAsyncDisposable
{
    /// <summary>Takes every charge, or none.</summary>
    /// <param name="charges">One to <see cref="MaxCharges"/>, each under another limit.</param>
    /// <param name="cancellation">Gives up; the charges may have been taken then.</param>
    ValueTask<Taken> TakeAsync(ImmutableArray<Charge> charges, CancellationToken cancellation);

    /// <summary>Charges of one call at most.</summary>
    internal const int MaxCharges = 8;
}

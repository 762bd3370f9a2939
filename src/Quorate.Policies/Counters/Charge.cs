using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>What an intent adds to one counter, and how far the counter may go.</summary>
/// <param name="Counter">The counter: rule, asset or "transactions", window, and for whom, separated by spaces.</param>
/// <param name="Window">Over which time it adds up.</param>
/// <param name="Amount">How much is added; a count for transactions.</param>
/// <param name="Limit">What the counter never exceeds.</param>
public sealed record Charge(string Counter, CounterWindow Window, Amount Amount, Amount Limit);

namespace Quorate.Chains;

/// <summary>A transaction of an account's history.</summary>
/// <param name="TransactionId">Its id, as <see cref="IChain.GetStatusAsync"/> takes it.</param>
/// <param name="BlockHeight">The height or slot of its block; null when in none.</param>
public sealed record AccountTransaction(string TransactionId, ulong? BlockHeight);

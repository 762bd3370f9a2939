using Quorate.Cryptography.Signatures;

namespace Quorate.Threshold.Dkls23;

/// <summary>A signature that has been verified under the group key: low s, with its recovery id.</summary>
public sealed record Dkls23Signature(RecoverableEcdsaSignature Value);

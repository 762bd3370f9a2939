using Quorate.Cryptography.Derivation;

namespace Quorate.Chains;

/// <summary>
/// What decoding needs besides the bytes, all of it from the one who judges and nothing from the one who asks.
/// </summary>
/// <param name="Signer">The account that signs: an unsigned Ethereum transaction does not say it.</param>
/// <param name="Path">The signer's derivation path from the wallet's key.</param>
/// <param name="IsOwn">
/// Whether an address belongs to the wallet, by derivation and not by hearsay; only such outputs are change.
/// </param>
public sealed record DecodeContext(Address Signer, Bip32Path Path, Func<Address, bool>? IsOwn = null);

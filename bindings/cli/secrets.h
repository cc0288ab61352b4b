// Passwords, passphrases and key files on their way in: from a descriptor, a file or a prompt that does not echo.
#pragma once

#include "common.h"
#include "status.h"

namespace cli {

// One secret; the end of its line is cut. `what` names it to the person, such as "password of ada".
//   InvalidArgument  it is empty, or there is no terminal to ask on
//   Cancelled        Ctrl-C at the prompt
Result<Secret> ReadSecret(const SecretSource& source, const std::string& what);
// The same for one that is being chosen: the prompt asks twice.
Result<Secret> ReadNewSecret(const SecretSource& source, const std::string& what);
// 32 bytes as they are.
Result<Secret> ReadKeyFile(const std::string& path);
// A whole file that holds a secret, as it is; warns when others can read it.
Result<Secret> ReadSecretFile(const std::string& path);
// A whole file, however long; InvalidArgument (not there) and IoError name the path.
Result<Secret> ReadFile(const std::string& path);

}  // namespace cli

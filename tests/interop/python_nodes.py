"""A Python runtime as its users write it: two nodes, the SDK's own environment variables."""
from exospherehost import BaseNode, Runtime
from pydantic import BaseModel


class PyGreeting(BaseNode):
    class Inputs(BaseModel):
        name: str

    class Outputs(BaseModel):
        greeting: str

    class Secrets(BaseModel):
        punctuation: str

    async def execute(self) -> Outputs:
        return self.Outputs(greeting=f"hello {self.inputs.name}{self.secrets.punctuation}")


class PyLength(BaseNode):
    class Inputs(BaseModel):
        text: str

    class Outputs(BaseModel):
        length: str

    class Secrets(BaseModel):
        pass

    async def execute(self) -> Outputs:
        return self.Outputs(length=str(len(self.inputs.text)))


Runtime(namespace="interop", name="python", nodes=[PyGreeting, PyLength]).start()
